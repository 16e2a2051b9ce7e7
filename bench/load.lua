-- SPDX-License-Identifier: MulanPSL-2.0
-- wrk script: templated requests against one address, one JSON line of results; latencies of 2xx answers and of all are the same here
-- because a run with other answers is not counted. Configured by environment:
--   BENCH_METHOD, BENCH_PATH (several, separated by a space: one is drawn per request), BENCH_BODY, BENCH_HEADERS (one a line)
-- Marks in path, body and headers: {{seq}} {{hex}} {{pick:a|b|c}}
local env = os.getenv
local method, body_text, seq, threads = env("BENCH_METHOD") or "GET", env("BENCH_BODY") or "", 0, 0
local paths, headers, is_marked = {}, {}, false
for one in (env("BENCH_PATH") or "/"):gmatch("%S+") do paths[#paths + 1] = one end
for one in (env("BENCH_HEADERS") or ""):gmatch("[^\n]+") do
  local name, value = one:match("^%s*([^:]+):%s*(.-)%s*$")
  if name then headers[name] = value; is_marked = is_marked or value:find("{{", 1, true) ~= nil end
end

local function fill(text)
  return (text:gsub("{{(.-)}}", function(mark)
    if mark == "seq" then seq = seq + 1; return tostring(seq) end
    if mark == "hex" then return string.format("%08x%08x", math.random(0, 2147483647), math.random(0, 2147483647)) end
    local list, options = {}, mark:match("^pick:(.*)$")
    for one in (options or ""):gmatch("[^|]+") do list[#list + 1] = one end
    return list[1] and list[math.random(#list)] or ""
  end))
end

function setup(thread) threads = threads + 1; thread:set("number", threads) end

function init() math.randomseed(os.time() * 64 + (number or 0)); for _ = 1, 8 do math.random() end end

function request()
  local sent = headers
  if is_marked then sent = {}; for name, value in pairs(headers) do sent[name] = fill(value) end end
  return wrk.format(method, fill(paths[math.random(#paths)]), sent, body_text ~= "" and fill(body_text) or nil)
end

function done(summary, latency)
  local seconds, errors = summary.duration / 1e6, summary.errors
  local good = summary.requests - errors.status
  io.write(string.format('{"requests":%d,"good":%d,"seconds":%.3f,"per_second":%.2f,"p50_ms":%.2f,"p95_ms":%.2f,"p99_ms":%.2f,"wrong":%d,"lost":%d}\n',
    summary.requests, good, seconds, good / seconds, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.timeout + errors.connect + errors.read + errors.write))
end
