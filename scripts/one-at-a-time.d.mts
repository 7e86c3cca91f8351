export function oneAtATime<T>(folder: string, what: string, work: () => T | Promise<T>, onWait?: () => void): Promise<T>
