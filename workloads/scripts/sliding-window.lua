-- At most ARGV[3] requests within the last ARGV[2] milliseconds, for the caller KEYS[1].
-- ARGV[1] is now, in milliseconds; ARGV[4] tells this request from all others. Returns 1 if it may pass, else 0.
local now, window, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, now - window)
if redis.call('ZCARD', KEYS[1]) >= limit then
  return 0
end
redis.call('ZADD', KEYS[1], now, ARGV[4])
redis.call('PEXPIRE', KEYS[1], window)
return 1
