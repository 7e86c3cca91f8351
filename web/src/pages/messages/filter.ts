/** What of the history is shown, as it stands in the address. */
export interface Filter {
  status?: string
}

export function readFilter(search: Record<string, unknown>): Filter {
  return typeof search['status'] === 'string' ? { status: search['status'] } : {}
}
