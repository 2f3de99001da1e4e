import { Types } from "../../../policy/rules/types";
import { type Cases, make, policy } from "../support";

// Whom builds log in as, and what their roles read for it.

const arn = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}`;
const cluster = (engine = "aurora-postgresql") => make(Types.cluster, { engine, masterUsername: "dbowner" });
const secret = (name: string, value: string) => [
    make(Types.secret, { arn: arn(name) }, { name }),
    make(Types.secretVersion, { secretId: arn(name), secretString: value }, { name }),
];
const secrets = [
    ...secret("administrator", '{"username":"dbowner"}'),
    ...secret("planner", '{"username":"app_planner"}'),
    ...secret("other", "not JSON"),
];
const project = (login: string, ...others: object[]) =>
    make(Types.project, {
        serviceRole: "arn:role",
        environment: {
            environmentVariables: [
                { name: "DB_HOST", value: "db.example.com", type: "PLAINTEXT" },
                { name: "DB_SECRET_ARN", value: arn(login), type: "PLAINTEXT" },
                { name: "DB_USERNAME", value: `${arn(login)}:username::`, type: "SECRETS_MANAGER" },
                ...others,
            ],
        },
    });
const bootstrap = { name: "BOOTSTRAP_MIGRATOR", value: "app_migrator", type: "PLAINTEXT" };
const reading = (...names: string[]) => [
    make(Types.role, { arn: "arn:role", name: "role" }),
    make(Types.rolePolicy, {
        role: "role",
        policy: policy({ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: names.map(arn) }),
    }),
];

const noAdministrator =
    "Allowed in prod: the secret of a user who is not the cluster's masterUsername. Create a MigrationBuild with action \"Bootstrap\", and pass its migrator's or planner's credential to the others. (least privilege)";

export const databaseUserCases: Cases = {
    "codebuild-no-administrator": {
        passes: [
            [cluster(), ...secrets, project("planner")],
            [cluster(), ...secrets, project("administrator", bootstrap)],
            [cluster("aurora-mysql"), ...secrets, project("administrator")],
        ],
        fails: [
            {
                given: [cluster(), ...secrets, project("administrator")],
                messages: [
                    `Project "it": variable DB_SECRET_ARN: given "${arn("administrator")}". ${noAdministrator}`,
                    `Project "it": variable DB_USERNAME: given "${arn("administrator")}:username::". ${noAdministrator}`,
                ],
            },
        ],
    },
    "codebuild-own-secrets": {
        passes: [[project("planner"), ...reading("planner")], [project("planner")]],
        fails: [
            {
                given: [project("planner"), ...reading("planner", "migrator")],
                messages: [
                    `Project "it": secrets that its role may read: given ["${arn("migrator")}"]. Allowed in prod: the secrets of the project's own variables. Give each build a role of its own; MigrationBuild does. (least privilege)`,
                ],
            },
        ],
    },
};
