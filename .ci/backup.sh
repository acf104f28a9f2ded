#!/usr/bin/env bash
# Rehearses what an operator does, on a city at work: learners sit tests and get certificates while copies are made of the running server; each copy is
# put back elsewhere, and everything the city promised must still stand there. usage: backup.sh APEL WORKDIR
set -euo pipefail
apel=$1 work=$2/rehearsal
learners=6
mkdir -p "$work"
live=$work/live
printf 'frasa sandi untuk latihan\n' >"$work/passphrase"
sealed=(--with-keys --passphrase-file "$work/passphrase")

fail() {
  echo "rehearsal: $*" >&2
  exit 1
}
# red COMMAND...: the command must fail, or it would not have seen the damage.
red() {
  if "$@" >"$work/red" 2>&1; then fail "no word about the damage from: $*"; fi
  echo "seen: $(grep -m1 -e '^!!' "$work/red" || tail -1 "$work/red")"
}
# certificates FOLDER: how many the log of a folder has.
certificates() { "$apel" doctor --dir "$1" | sed -n 's/.* \([0-9]*\) sertifikat, [0-9]* daun, .*/\1/p'; }

echo "- copies while $learners learners are at work"
timeout 300 "$apel" demo --once --keep --times $learners --dir "$live" --out "$work/out" >"$work/live.log" 2>&1 &
pid=$!
trap 'kill $pid 2>/dev/null || true' EXIT
copies=0
while kill -0 $pid 2>/dev/null; do
  # From the first certificate on; a copy takes a fraction of a second, so the next one sees the work further on. The attempt fails only once the server has ended.
  if [ -f "$work/out/sertifikat-contoh.pdf" ] && [ $copies -lt 12 ] && "$apel" backup "$work/copy-$copies" --dir "$live" "${sealed[@]}" >"$work/backup.log" 2>&1; then
    if kill -0 $pid 2>/dev/null; then copies=$((copies + 1)); fi
  fi
done
wait $pid || { tail -20 "$work/live.log"; fail "the learners did not finish"; }
trap - EXIT
[ $copies -ge 2 ] || { tail -20 "$work/backup.log"; fail "only $copies copies were made while the server ran"; }
"$apel" doctor --dir "$live" --since "$work/copy-0"

echo "- $copies copies put back, each looked at"
for ((n = 0; n < copies; n++)); do
  back=$work/back-$n copy=$work/copy-$n
  "$apel" restore "$copy" --dir "$back" "${sealed[@]}"
  "$apel" doctor --dir "$back" --since "$copy" >"$work/doctor" || { cat "$work/doctor"; fail "the doctor is not content with copy $n"; }
  had=$(certificates "$back")
  [ "$had" -ge 1 ] || fail "copy $n holds no certificate"

  # The first learner's PDF was handed out before any copy was made: it must be there, byte for byte.
  hash=$(sha256sum <"$work/out/sertifikat-contoh.pdf" | cut -c1-64)
  cmp "$work/out/sertifikat-contoh.pdf" "$back/blobs/${hash:0:2}/${hash:2}"

  # Work goes on where the copy stood: what was half done is finished, and the next certificates follow without gap or double.
  "$apel" demo --once --keep --times $learners --dir "$back" --out "$work/after-$n" >"$work/back.log" 2>&1 || { tail -20 "$work/back.log"; fail "the restored city does not work"; }
  "$apel" doctor --dir "$back" --since "$copy" >"$work/doctor" || { cat "$work/doctor"; fail "the doctor is not content after work on copy $n"; }
  has=$(certificates "$back")
  numbers=$(grep -o '[0-9]\{5\}/APEL-103/[^ ]*' "$work/back.log" | sort -u)
  first=$(head -1 <<<"$numbers") last=$(tail -1 <<<"$numbers")
  [ "$(wc -l <<<"$numbers")" = $learners ] || fail "not $learners new numbers: $numbers"
  [ "$((10#${first%%/*}))" -gt "$had" ] || fail "number $first was drawn already"
  [ "$((10#${last%%/*}))" = "$has" ] && [ "$has" -ge $((had + learners)) ] || fail "$has certificates after $had, the last new one is $last"

  # The old file checks against the restored installation's root, a new one against the root from before the loss.
  "$apel" verify "$work/out/sertifikat-contoh.pdf" --root "$work/after-$n/apel-root.json" >/dev/null
  "$apel" verify "$work/after-$n/sertifikat-contoh.pdf" --root "$work/out/apel-root.json" >/dev/null
  echo "  copy $n: $had certificates, then $has, from $first to $last"
done

echo "- damage is seen"
cp -r "$work/copy-0" "$work/bad-copy"
file=$(find "$work/bad-copy/blobs" -type f | head -1)
printf 'rusak' | dd of="$file" bs=1 seek=1000 conv=notrunc status=none
red "$apel" restore "$work/bad-copy" --dir "$work/never" "${sealed[@]}"
file=$work/back-0/blobs/${hash:0:2}/${hash:2}
printf 'rusak' | dd of="$file" bs=1 seek=1000 conv=notrunc status=none
red "$apel" doctor --dir "$work/back-0"
red "$apel" verify "$file" --root "$work/out/apel-root.json"
"$apel" restore "$work/copy-0" --dir "$work/old" "${sealed[@]}" >/dev/null
"$apel" backup "$work/copy-live" --dir "$live" >/dev/null
red "$apel" doctor --dir "$work/old" --since "$work/copy-live" # a log that lost leaves
"$apel" restore "$work/copy-0" --dir "$work/keyless" >/dev/null
red "$apel" doctor --dir "$work/keyless"
