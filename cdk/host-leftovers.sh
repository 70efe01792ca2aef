# Removes the directories of rings that are gone, which nobody tells a host: those that no container, running or stopped,
# has had mounted for a week. Once a day. The argument is where the directories are.
set -eu
for directory in "$1"/*; do
  [ -d "$directory" ] || continue
  mounted=$(docker ps --all --quiet --filter "volume=$directory")
  if [ -n "$mounted" ]; then
    touch "$directory"
  elif [ -n "$(find "$directory" -maxdepth 0 -mtime +6)" ]; then
    rm -rf "$directory"
  fi
done
