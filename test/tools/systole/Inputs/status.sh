# status.sh STATUS COMMAND...: fails unless the command ends with that status.
expected=$1
shift
"$@"
status=$?
if [ "$status" != "$expected" ]; then
  echo "status $status instead of $expected: $*"
  exit 1
fi
