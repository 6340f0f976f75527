# Prints where jemalloc is, or nothing; src/allocator.ts says what it is for.
for library in "/usr/lib/$(uname -m)-linux-gnu/libjemalloc.so.2" \
  /usr/lib64/libjemalloc.so.2 /usr/lib/libjemalloc.so.2 /usr/local/lib/libjemalloc.so.2; do
  if [ -f "$library" ]; then
    echo "$library"
    exit
  fi
done
