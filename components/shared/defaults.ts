/**
 * The args with their defaults; an arg that is present but undefined (such as null in another language) gets its
 * default too.
 */
export function withDefaults<A extends object, D extends Partial<A>>(
    args: A,
    defaults: D,
): A & Required<Pick<A, keyof A & keyof D>> {
    const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
    return { ...defaults, ...given } as unknown as A & Required<Pick<A, keyof A & keyof D>>;
}
