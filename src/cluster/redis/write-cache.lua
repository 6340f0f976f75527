--[[
Writes a value into the read cache unless it may be outdated.

KEYS[1]  entry: `v` and a value, or `t` and a token, with a time to live
ARGV[1]  token that read-cache.lua gave, before the value was read from its source
ARGV[2]  `v` and the value
ARGV[3]  how long it may be kept, ms

Returns  1 when it was written, else 0
Errors   WRONGTYPE when the key holds what is not an entry; nothing was changed

Why a script: what makes the value outdated throws the entry away, token and all. A token that
is still there therefore proves that nothing did since the value was read, and it must still be
there in the very step that writes. A token that ran out, or whose value somebody else wrote,
writes nothing.
]]

if redis.call('GET', KEYS[1]) ~= 't' .. ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
