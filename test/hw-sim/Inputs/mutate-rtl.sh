# mutate-rtl.sh FOLDER FILE EDIT: copies what a simulator of the RTL is made from
# to FOLDER, and edits one file of it by sed. Fails if that changes nothing.
set -e
share=$SYSTOLE_BUILD/share/systole
rm -rf "$1"
mkdir -p "$1"
cp -r "$share/rtl" "$share/src" "$1"
sed -i "$3" "$1/rtl/$2"
! cmp -s "$share/rtl/$2" "$1/rtl/$2"
