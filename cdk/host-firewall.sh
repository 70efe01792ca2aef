# Holds nodes to their rings. Nodes that share the host's network are user 999 there: without this they could ask for the host's own
# credentials (169.254.169.254) and the agent's list of everybody's tasks (51678), or speak to the whole internet. They answer whoever
# came to them, and begin nothing themselves but to other nodes, on ports where only TLS is spoken. Idempotent: it runs at every start.
# $1: the cell's addresses (CIDR), hosts among them; $2: the ports that nodes have for each other (from:to).
set -eu
fence() {
  tables=$1; shift
  "$tables" -w -N ringhold 2>/dev/null || "$tables" -w -F ringhold
  while [ $# -gt 0 ]; do
    rule=$1; shift
    # shellcheck disable=SC2086  # a rule is several words
    "$tables" -w -A ringhold $rule
  done
  "$tables" -w -C OUTPUT -m owner --uid-owner 999 -j ringhold 2>/dev/null || "$tables" -w -I OUTPUT -m owner --uid-owner 999 -j ringhold
}
answers='-m conntrack --ctstate ESTABLISHED,RELATED -j RETURN'
fence iptables "$answers" "-p tcp -d $1 --dport $2 -j RETURN" '-j REJECT'
fence ip6tables '-j REJECT'
