import type { ClientVariables } from "../../engine";
import { sessionOptions } from "./connection";

/** The variables that PostgreSQL's clients and most tools read, and a URL for the others; the password is in these alone. */
export const clientVariables: ClientVariables = (
    { host, port, name, username, caBundle },
    password,
    { applicationName, readOnly, lockMillis = 0, statementMillis = 0 },
) => {
    const settings = [
        sessionOptions,
        ...(readOnly ? ["-c default_transaction_read_only=on"] : []),
        ...(lockMillis > 0 ? [`-c lock_timeout=${lockMillis}`] : []),
        ...(statementMillis > 0 ? [`-c statement_timeout=${statementMillis}`] : []),
    ];
    const query = new URLSearchParams({ sslmode: "verify-full", sslrootcert: caBundle });
    const login = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
    return {
        ...{ PGHOST: host, PGPORT: String(port), PGDATABASE: name, PGUSER: username, PGPASSWORD: password },
        ...{ PGSSLMODE: "verify-full", PGSSLROOTCERT: caBundle, PGAPPNAME: applicationName },
        PGOPTIONS: settings.join(" "),
        DATABASE_URL: `postgresql://${login}@${host}:${port}/${encodeURIComponent(name)}?${query.toString()}`,
    };
};
