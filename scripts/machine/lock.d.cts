/** Does the work while no other process does; waits for one that does, takes over from a dead one. */
export function withLock<T>(file: string, onWait: () => void, work: () => T): T;
