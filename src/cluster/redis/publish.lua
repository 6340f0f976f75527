--[[
Sends a message to all nodes that listen, and throws away what it makes outdated in the read cache.

KEYS     entries of the read cache, none or more
ARGV[1]  channel
ARGV[2]  payload

Returns  how many connections got it
Errors   none of its own

Why a script: one command instead of two, and whoever got the message does not find the old
value in the cache any more. Throwing away what is not there costs next to nothing, so nobody
needs to know which keys are cached.
]]

for _, entry in ipairs(KEYS) do redis.call('UNLINK', entry) end
return redis.call('PUBLISH', ARGV[1], ARGV[2])
