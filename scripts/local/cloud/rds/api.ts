import { messageOf } from "../../errors";
import type { AccessKeys } from "../accessKeys";
import { type Call, escapeXml, type Protocol, Refusal, serve, type Service } from "../http";
import { actions, type Caller, type Xml } from "./actions";
import type { Clusters } from "./clusters";

/** Serves the part of RDS's API that builds call; `callerOf` returns what is known about a role (by ARN). */
export function serveRds(clusters: Clusters, keys: AccessKeys, callerOf: (role: string) => Caller): Promise<Service> {
    return serve(keys, protocol, async (call) => {
        try {
            return xml(await perform(call, clusters, callerOf(call.caller.role)));
        } catch (error) {
            throw error instanceof Refusal ? error : new Refusal("InternalFailure", messageOf(error), 500);
        }
    });
}

const protocol: Protocol = {
    type: "text/xml",
    refusal: (code, message) => xml({ ErrorResponse: { Error: { Type: "Sender", Code: code, Message: message } } }),
    refusalStatus: 400,
};

async function perform({ body }: Call, clusters: Clusters, caller: Caller): Promise<Xml> {
    const parameters = new URLSearchParams(body);
    const name = parameters.get("Action") ?? "";
    const action = actions[name];
    if (!action) throw new Refusal("InvalidAction", `The local run does not support RDS's ${name}.`);
    return { [`${name}Response`]: { [`${name}Result`]: await action({ parameters, clusters, caller }) } };
}

function xml(content: Xml): string {
    if (typeof content === "string") {
        return escapeXml(content);
    }
    return Object.entries(content)
        .flatMap(([name, value]) => [value].flat().map((each) => `<${name}>${xml(each)}</${name}>`))
        .join("");
}
