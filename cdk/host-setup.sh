# Makes a host out of the ECS-optimised Amazon Linux 2023 image. The lines before this one set RINGHOLD_CLUSTER, RINGHOLD_HOSTS (CIDR of
# the cell), RINGHOLD_PEER_PORTS (from:to), RINGHOLD_TASK_INTERFACES (true or false), RINGHOLD_RESERVED_MIB and RINGHOLD_PULL, and write /usr/local/sbin/ringhold-leftovers and -firewall. It runs once, before the ECS agent starts: a host that is not set up must never get a task.
set -euo pipefail
trap 'echo "host setup failed at line $LINENO: no tasks here, off in 10 minutes"; systemctl mask --now ecs; shutdown -h +10' ERR

# The data disk holds the directory of each ring, and Docker's volumes: what a replica of a memory-only ring takes over may be
# larger than the root disk. XFS accounts by project; no limits are set yet. A host whose disk does not come back after a reboot
# must not come back either, hence no `nofail`.
disk=/dev/xvdb
for _ in $(seq 60); do
  [ -b "$disk" ] && break
  # Images without EC2's own names for disks: the one that has no partitions is not the root.
  for link in /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_*; do
    case $link in *-part*) continue ;; esac
    if [ -b "$link" ] && [ ! -e "$link-part1" ]; then disk=$link && break 2; fi
  done
  sleep 1
done
blkid "$disk" || mkfs.xfs "$disk"
uuid=$(blkid -s UUID -o value "$disk")
mkdir -p /mnt/ringhold /var/lib/ringhold /var/lib/docker/volumes
cat >>/etc/fstab <<FSTAB
UUID=$uuid /mnt/ringhold xfs defaults,noatime,nodev,nosuid,prjquota 0 2
/mnt/ringhold/clusters /var/lib/ringhold none bind 0 0
/mnt/ringhold/volumes /var/lib/docker/volumes none bind 0 0
FSTAB
systemctl daemon-reload
mount /mnt/ringhold
install -d -m 0755 /mnt/ringhold/clusters
install -d -m 0701 /mnt/ringhold/volumes
mount /var/lib/ringhold
mount /var/lib/docker/volumes

# Docker makes a directory that is to be mounted as root with mode 755, whatever its parent says; nodes run as user 999 and wait
# for theirs. A loop, since a systemd path unit misses what is made while its service runs.
cat >/etc/systemd/system/ringhold-directories.service <<'UNIT'
[Unit]
RequiresMountsFor=/var/lib/ringhold
[Service]
ExecStart=/bin/sh -c 'while sleep 0.2; do find /var/lib/ringhold -mindepth 1 -maxdepth 1 -type d -user root -exec chmod 0700 {} + -exec chown 999:999 {} +; done'
Restart=always
[Install]
WantedBy=multi-user.target
UNIT
cat >/etc/systemd/system/ringhold-leftovers.service <<'UNIT'
[Unit]
RequiresMountsFor=/var/lib/ringhold
[Service]
Type=oneshot
ExecStart=/bin/sh /usr/local/sbin/ringhold-leftovers /var/lib/ringhold
UNIT
cat >/etc/systemd/system/ringhold-leftovers.timer <<'UNIT'
[Timer]
OnBootSec=1h
OnUnitActiveSec=1d
[Install]
WantedBy=timers.target
UNIT
systemctl daemon-reload
systemctl enable --now ringhold-directories.service ringhold-leftovers.timer

# What the engines ask of a kernel: Redis to fork a full one, Cassandra to map many files, both no huge pages unless asked for.
cat >/etc/sysctl.d/90-ringhold.conf <<'SYSCTL'
vm.overcommit_memory = 1
vm.max_map_count = 1048575
vm.swappiness = 1
SYSCTL
sysctl -p /etc/sysctl.d/90-ringhold.conf
echo 'w /sys/kernel/mm/transparent_hugepage/enabled - - - - madvise' >/etc/tmpfiles.d/ringhold.conf
systemd-tmpfiles --create /etc/tmpfiles.d/ringhold.conf

# A node's output is kept short, so that no tenant fills the host's disk. The first setting is the image's own.
mkdir -p /etc/docker
cat >/etc/docker/daemon.json <<'DAEMON'
{"userland-proxy": false, "live-restore": true, "no-new-privileges": true, "log-driver": "json-file", "log-opts": {"max-size": "10m", "max-file": "3"}}
DAEMON
systemctl restart docker

# Before the agent, at every start of the machine: no node runs without it.
cat >/etc/systemd/system/ringhold-firewall.service <<UNIT
[Unit]
Before=ecs.service
[Service]
Type=oneshot
RemainAfterExit=true
ExecStart=/bin/sh /usr/local/sbin/ringhold-firewall $RINGHOLD_HOSTS $RINGHOLD_PEER_PORTS
# The firewall follows every connection, in one table for all tenants of the host: it must not be one of them that fills it.
ExecStartPost=/bin/sh -c 'sysctl -w net.netfilter.nf_conntrack_max=1048576 net.netfilter.nf_conntrack_tcp_timeout_time_wait=30'
[Install]
RequiredBy=ecs.service
UNIT
systemctl daemon-reload
systemctl enable --now ringhold-firewall.service

# Nodes that share the host's address learn it from the agent's file, and the control plane from the attribute.
token=$(curl -sf --retry 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
address=$(curl -sf --retry 5 -H "X-aws-ec2-metadata-token: $token" http://169.254.169.254/latest/meta-data/local-ipv4)

# A hop limit does not keep task ENIs from the host's credentials, blocking does. Limits of user 999's processes would be counted
# over all tenants of a host, hence one by task.
cat >>/etc/ecs/ecs.config <<CONFIG
ECS_CLUSTER=$RINGHOLD_CLUSTER
ECS_AWSVPC_BLOCK_IMDS=true
ECS_ENABLE_TASK_ENI=$RINGHOLD_TASK_INTERFACES
ECS_ENABLE_CONTAINER_METADATA=true
ECS_INSTANCE_ATTRIBUTES={"ringhold.address":"$address"}
ECS_DISABLE_PRIVILEGED=true
ECS_TASK_PIDS_LIMIT=4096
ECS_IMAGE_PULL_BEHAVIOR=$RINGHOLD_PULL
ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION=10m
ECS_RESERVED_MEMORY=$RINGHOLD_RESERVED_MIB
ECS_ENABLE_SPOT_INSTANCE_DRAINING=true
CONFIG
