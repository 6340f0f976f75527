--[[
Takes the lease of a node or renews it, and answers who is alive: a renewal is one round trip.

KEYS[1]  lease of the node: its record, with a time to live
KEYS[2]  view: a hash of `generation`, `version` and, for every node last told to be alive,
         `node:` and its id = its record
ARGV[1]  id of the node
ARGV[2]  boot of the node; the record's `bootId`
ARGV[3]  record of the node: a JSON object
ARGV[4]  lease time, ms
ARGV[5]  fresh random id: the generation if there is none
ARGV[6]  what the keys of all leases begin with; a node's id follows. Those of others are read
         without being named in KEYS: their hash tag puts them into the same slot
ARGV[7]  channel on which a new version is told

Returns  { 'held' | 'taken', 1 when there was no lease else 0, generation, version,
           record that has the lease, id, record, id, record, ... of all who are alive, in no order }
Errors   FOREIGN and the key that holds what no node of this cluster wrote. Nothing was changed.

Why a script: the owner of a lease is compared and the lease written in one step, and a
version is raised in the step that saw the change. So equal versions are equal views, and of
several readers who find a lease run out one raises the version, once.

Why a hash of who was told to be alive: leases are found without looking through the keys of
everybody who uses this Redis, and whoever is gone leaves the hash. All of it is one key,
which is there or lost as a whole: a loss changes the generation and does not look like deaths.
]]

local function foreign(key)
  return redis.error_reply('FOREIGN ' .. key .. ' holds what no node of this cluster wrote')
end

-- First everything is read and checked: a script that fails half way is not undone.
local held = redis.pcall('GET', KEYS[1]) -- false when there is none, a table when it is of another type
local taken = false
if held then
  local readable, record = pcall(cjson.decode, held)
  if not readable or type(record) ~= 'table' or type(record.bootId) ~= 'string' then return foreign(KEYS[1]) end
  taken = record.bootId ~= ARGV[2]
end

local fields = redis.pcall('HGETALL', KEYS[2])
if fields.err then return foreign(KEYS[2]) end
local generation, version
local told = {}
for i = 1, #fields, 2 do
  local field, value = fields[i], fields[i + 1]
  if field == 'generation' then generation = value
  elseif field == 'version' then version = string.match(value, '^%d+$')
  else told[string.match(field, '^node:(.*)$') or ''] = value end
end
if #fields > 0 and not (generation and version and not told['']) then return foreign(KEYS[2]) end

if not taken then redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4]) end

local changed = false
if not generation then
  generation = ARGV[5]
  redis.call('HSET', KEYS[2], 'generation', generation, 'version', 0)
end
local alive = {}
local function look(id)
  -- A key that was overwritten with another type is nobody's lease.
  local record = redis.pcall('GET', ARGV[6] .. id)
  if type(record) ~= 'string' then
    redis.call('HDEL', KEYS[2], 'node:' .. id)
    changed = true
    return
  end
  if record ~= told[id] then
    redis.call('HSET', KEYS[2], 'node:' .. id, record)
    changed = true
  end
  alive[#alive + 1] = id
  alive[#alive + 1] = record
end
look(ARGV[1])
for id in pairs(told) do
  if id ~= ARGV[1] then look(id) end
end
if changed then
  version = redis.call('HINCRBY', KEYS[2], 'version', 1)
  redis.call('PUBLISH', ARGV[7], version)
end

return {
  taken and 'taken' or 'held', held and 0 or 1, generation, tonumber(version), taken and held or ARGV[3], unpack(alive),
}
