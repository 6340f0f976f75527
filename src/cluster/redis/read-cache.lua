--[[
Reads an entry of the read cache, or gives a token to write it with.

KEYS[1]  entry: `v` and a value, or `t` and a token, with a time to live
ARGV[1]  fresh random token
ARGV[2]  time within which the value has to be written, ms

Returns  the entry: `v` and the value; or `t` and the token, the one everybody gets who asks
         until the value is there or the entry was thrown away
Errors   WRONGTYPE when the key holds what is not an entry; nothing was changed

Why a script: the look and the leaving of the token are one step. A message that throws the
entry away comes before both or after both (see write-cache.lua).
]]

local entry = redis.call('GET', KEYS[1])
if entry then return entry end
local token = 't' .. ARGV[1]
redis.call('SET', KEYS[1], token, 'PX', ARGV[2])
return token
