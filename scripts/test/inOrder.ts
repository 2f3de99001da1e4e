/**
 * Outputs of work that is done side by side, printed as if it was done one after the other: the first that has not ended
 * prints at once, those behind it are kept until it has.
 */
export function inOrder(count: number, print: (text: string) => void): { write(text: string): void; end(): void }[] {
    const kept: string[] = Array.from({ length: count }, () => "");
    const ended = new Set<number>();
    let first = 0;
    const flush = () => {
        for (; first < count; first += 1) {
            if (kept[first] !== "") print(kept[first]!);
            kept[first] = "";
            if (!ended.has(first)) return;
        }
    };
    return kept.map((_, index) => ({
        write: (text) => {
            kept[index] += text;
            flush();
        },
        end: () => {
            ended.add(index);
            flush();
        },
    }));
}
