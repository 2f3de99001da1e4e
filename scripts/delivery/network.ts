/**
 * Variables of a machine by which programs reach a registry through a proxy, and trust what it presents. Without them, an
 * installation in such a network waits for nothing, or is refused.
 */
export const networkVariables = [
    ...["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"],
    ...["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR"],
];

/** Those of the variables that are set. */
export function pick(
    names: readonly string[],
    environment: Record<string, string | undefined> = process.env,
): Record<string, string> {
    return Object.fromEntries(
        names.flatMap((name) => {
            const value = environment[name];
            return value ? [[name, value] as const] : [];
        }),
    );
}
