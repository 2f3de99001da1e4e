import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { authenticatorName } from "./certificates";

/** Roles that exist in every RDS database. */
export const rdsRoles = {
    /** The master user's role. Only it may grant the other one; membership in it does not affect how a user logs in. */
    superuser: "rds_superuser",
    /** Its members log in with an IAM token and no longer with a password. */
    iam: "rds_iam",
} as const;

/** Configures who may connect, and how: TLS only, as on a cluster that enforces it. The first matching line decides. */
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
    // The authenticator may log in as any user whose token it has verified.
    writeFileSync(join(data, "pg_ident.conf"), `${rdsRoles.iam} ${authenticatorName} all\n`);
}
