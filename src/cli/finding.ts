/** What `doctor` found out about one thing. */
export interface Finding {
  check: string
  state: 'ok' | 'warn' | 'fail'
  /** What was found and, unless it is ok, what to do. */
  detail: string
}

export function ok(check: string, detail: string): Finding {
  return { check, state: 'ok', detail }
}
export function warn(check: string, detail: string): Finding {
  return { check, state: 'warn', detail }
}
export function fail(check: string, detail: string): Finding {
  return { check, state: 'fail', detail }
}
