import { given } from "../conditions";
import { refersTo } from "../resource";
import { type Rule, companion, findings, property, stackRule } from "../rule";
import { Types } from "./types";

export const backupRules: Rule[] = [
    stackRule({
        id: "backup-plan",
        controls: ["CKV2_AWS_8", "Backup.1"],
        title: "A backup plan covers the cluster",
        types: [Types.cluster],
        allowed: { prod: "a backup plan whose selection names the cluster" },
        fix: "Add a Plan, and a Selection with the cluster's ARN.",
        check(cluster, _environment, stack) {
            const plans = stack
                .referring(Types.backupSelection, "resources", cluster)
                .flatMap((selection) =>
                    stack.all(Types.backupPlan).filter((plan) => refersTo(selection, "planId", plan)),
                );
            return findings({ what: "backup plans", given: plans.length, valid: plans.length > 0 });
        },
    }),
    property({
        id: "backup-vault-key",
        controls: ["Backup.1"],
        title: "A customer managed key encrypts the vault",
        type: Types.vault,
        property: "kmsKeyArn",
        prod: given("the ARN of a customer managed key"),
        fix: "Set kmsKeyArn.",
    }),
    companion({
        id: "backup-vault-locked",
        controls: ["CKV2_AWS_8"],
        title: "The vault is locked: no one can delete a backup before it expires",
        type: Types.vault,
        companion: { type: Types.vaultLock, property: "backupVaultName", what: "lock" },
        allowed: { prod: "a VaultLockConfiguration" },
        fix: "Add a VaultLockConfiguration for the vault.",
    }),
];
