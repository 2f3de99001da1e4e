import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { authenticatorName } from "./certificates";

/** Roles that every database of RDS has. */
export const rdsRoles = {
    /** The master user's. It alone may grant the other one, and having it means nothing for how one logs in. */
    superuser: "rds_superuser",
    /** Who has been granted it logs in with a token of IAM, and not with a password any more. */
    iam: "rds_iam",
} as const;

/** Says who may connect, and how: by TLS only, as on a cluster that forces it. The first line that fits decides. */
export function writeAccess(data: string, { iam }: { iam: boolean }): void {
    const password = ["all", "scram-sha-256"];
    const rules = iam
        ? [[`+${rdsRoles.superuser}`, "scram-sha-256"], [`+${rdsRoles.iam}`, `cert map=${rdsRoles.iam}`], password]
        : [password];
    const clients = ["127.0.0.1/32", "::1/128"];
    const lines = rules.flatMap(([user, method]) =>
        clients.map((client) => `hostssl all ${user} ${client} ${method}\n`),
    );
    writeFileSync(join(data, "pg_hba.conf"), lines.join(""));
    // The authenticator speaks for everyone whose token it has seen.
    writeFileSync(join(data, "pg_ident.conf"), `${rdsRoles.iam} ${authenticatorName} all\n`);
}
