# Makes a host out of the ECS-optimised Amazon Linux 2023 image. The line before this one sets RINGHOLD_CLUSTER.
# It runs before the ECS agent starts: a host that is not set up must never get a task.
set -euo pipefail
trap 'echo "host setup failed at line $LINENO: no tasks here, off in 10 minutes"; systemctl mask --now ecs; shutdown -h +10' ERR

# The data disk: XFS with project quotas, one directory per cluster.
disk=/dev/xvdb
for _ in $(seq 60); do [ -b "$disk" ] && break; sleep 1; done
blkid "$disk" || mkfs.xfs "$disk"
mkdir -p /var/lib/ringhold
echo "$disk /var/lib/ringhold xfs defaults,noatime,nodev,nosuid,prjquota 0 2" >>/etc/fstab
mount /var/lib/ringhold

# Docker makes a directory that is to be mounted as root with mode 755, whatever its parent says; nodes run as user 999.
# A loop, since a systemd path unit misses what is made while its service runs.
cat >/etc/systemd/system/ringhold-directories.service <<'UNIT'
[Service]
ExecStart=/bin/sh -c 'while sleep 0.2; do find /var/lib/ringhold -mindepth 1 -maxdepth 1 -type d -user root -exec chmod 0700 {} + -exec chown 999:999 {} +; done'
Restart=always
[Install]
WantedBy=multi-user.target
UNIT
systemctl enable --now ringhold-directories.service

# What the engines ask of a kernel: Redis to fork a full one, Cassandra to map many files, both no huge pages by default.
cat >/etc/sysctl.d/90-ringhold.conf <<'SYSCTL'
vm.overcommit_memory = 1
vm.max_map_count = 1048575
vm.swappiness = 1
SYSCTL
sysctl --system
echo madvise >/sys/kernel/mm/transparent_hugepage/enabled

# A node's output is kept short, so that no tenant fills the host's disk.
mkdir -p /etc/docker
echo '{"live-restore": true, "log-driver": "json-file", "log-opts": {"max-size": "10m", "max-file": "3"}}' >/etc/docker/daemon.json
systemctl restart docker

# A hop limit does not keep task ENIs from the host's credentials, this does.
cat >>/etc/ecs/ecs.config <<CONFIG
ECS_CLUSTER=$RINGHOLD_CLUSTER
ECS_AWSVPC_BLOCK_IMDS=true
ECS_ENABLE_TASK_ENI=true
ECS_DISABLE_PRIVILEGED=true
ECS_IMAGE_PULL_BEHAVIOR=prefer-cached
ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION=10m
ECS_RESERVED_MEMORY=256
CONFIG
