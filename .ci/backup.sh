#!/usr/bin/env bash
# Rehearses what an operator does: back up while serving, put it back elsewhere, let the doctor look. usage: backup.sh APEL WORKDIR
set -euo pipefail
apel=$1 work=$2
"$apel" demo --dir "$work/live" --listen 127.0.0.1:0 >"$work/live.log" 2>&1 &
pid=$!
trap 'kill $pid 2>/dev/null || true' EXIT
timeout 60 bash -c "until grep -q 'APEL (CONTOH)' '$work/live.log'; do kill -0 $pid; done"
printf 'frasa sandi untuk latihan\n' >"$work/passphrase"
"$apel" backup "$work/copy" --dir "$work/live" --with-keys --passphrase-file "$work/passphrase"
kill -INT $pid
wait $pid
trap - EXIT
"$apel" restore "$work/copy" --dir "$work/back" --with-keys --passphrase-file "$work/passphrase"
"$apel" doctor --dir "$work/back"
