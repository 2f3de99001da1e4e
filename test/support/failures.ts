/** What args are refused for, a line a failure, without the first line of the message and the last; nothing where they are taken. */
export function failuresOf(run: () => unknown): string[] {
    try {
        run();
        return [];
    } catch (error) {
        return (error as Error).message.split("\n").slice(1, -1);
    }
}
