# Leaves artifacts, the same path in each session and of different content, and a link that leads out.
# A session whose name ends in 0, 4 or 8 fails.
mkdir -p "$GC_ARTIFACTS_DIR/deep"
echo "$GC_SESSION_NAME" >/workspace/same-path
sleep 1
cp /workspace/same-path "$GC_ARTIFACTS_DIR/name"
head -c 200000 /dev/urandom >"$GC_ARTIFACTS_DIR/deep/random"
sha256sum <"$GC_ARTIFACTS_DIR/deep/random" >"$GC_ARTIFACTS_DIR/sum"
ln -s /etc/passwd "$GC_ARTIFACTS_DIR/leak"
case $GC_SESSION_NAME in *[048]) exit 3 ;; esac
