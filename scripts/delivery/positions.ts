/** Converts offsets to line numbers, starting at 1; scans the text once instead of once per offset. */
export function lineCounter(source: string): (offset: number) => number {
    const starts = [0];
    for (let at = source.indexOf("\n"); at !== -1; at = source.indexOf("\n", at + 1)) {
        starts.push(at + 1);
    }
    return (offset) => {
        let [low, high] = [0, starts.length - 1];
        while (low < high) {
            const middle = Math.ceil((low + high) / 2);
            [low, high] = (starts[middle] ?? 0) <= offset ? [middle, high] : [low, middle - 1];
        }
        return low + 1;
    };
}

/** Line number of an offset, starting at 1. */
export function lineAt(text: string, position: number): number {
    let line = 1;
    for (let at = text.indexOf("\n"); at !== -1 && at < position; at = text.indexOf("\n", at + 1)) {
        line++;
    }
    return line;
}
