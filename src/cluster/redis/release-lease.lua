--[[
Gives the lease of a node back, when it is this boot's.

KEYS[1]  lease of the node: its record, with a time to live
KEYS[2]  view, see renew-lease.lua
ARGV[1]  id of the node
ARGV[2]  boot that wants to give it back
ARGV[3]  channel on which a new version of the view is told

Returns  1 when it was given back, 0 when the lease is not this boot's and nothing was done
Errors   FOREIGN and the key, when the view is not one; nothing was changed

Why a script: between a look at the owner and a DEL the lease may run out and another boot
take it.
]]

local held = redis.pcall('GET', KEYS[1])
if type(held) ~= 'string' then return 0 end
local readable, record = pcall(cjson.decode, held)
if not readable or type(record) ~= 'table' or record.bootId ~= ARGV[2] then return 0 end

local version = redis.pcall('HGET', KEYS[2], 'version')
if type(version) == 'table' or (version and not string.match(version, '^%d+$')) then
  return redis.error_reply('FOREIGN ' .. KEYS[2] .. ' holds what no node of this cluster wrote')
end

redis.call('DEL', KEYS[1])
-- 0: nobody was told yet that the node is alive, so nobody needs to be told that it is not.
if redis.call('HDEL', KEYS[2], 'node:' .. ARGV[1]) == 1 then
  redis.call('PUBLISH', ARGV[3], redis.call('HINCRBY', KEYS[2], 'version', 1))
end
return 1
