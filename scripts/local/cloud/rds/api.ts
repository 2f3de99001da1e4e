import { messageOf } from "../../errors";
import type { AccessKeys } from "../accessKeys";
import { type Answer, type Call, serve, type Service } from "../http";
import { actions, type Xml } from "./actions";
import { type Clusters, RdsError } from "./clusters";

/** Serves RDS's API, as far as builds call it. */
export function serveRds(clusters: Clusters, keys: AccessKeys): Promise<Service> {
    const answer = async (call: Call): Promise<Answer> => {
        try {
            return { status: 200, type, body: xml(await perform(call, clusters)) };
        } catch (error) {
            return error instanceof RdsError
                ? refusal(error.code, error.message)
                : { ...refusal("InternalFailure", messageOf(error)), status: 500 };
        }
    };
    return serve(keys, answer, refusal);
}

const type = "text/xml";

async function perform({ body }: Call, clusters: Clusters): Promise<Xml> {
    const parameters = new URLSearchParams(body);
    const name = parameters.get("Action") ?? "";
    const action = actions[name];
    if (!action) throw new RdsError("InvalidAction", `The local run does not do RDS's ${name}.`);
    return { [`${name}Response`]: { [`${name}Result`]: await action(parameters, clusters) } };
}

function refusal(code: string, message: string): Answer {
    return {
        status: 400,
        type,
        body: xml({ ErrorResponse: { Error: { Type: "Sender", Code: code, Message: message } } }),
    };
}

function xml(content: Xml): string {
    if (typeof content === "string") {
        return content.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
    }
    return Object.entries(content)
        .flatMap(([name, value]) => [value].flat().map((each) => `<${name}>${xml(each)}</${name}>`))
        .join("");
}
