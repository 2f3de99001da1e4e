/** The head of a pull request, and how to reach GitHub. */
export interface Where {
    api: string;
    repository: string;
    token: string;
    owner: string;
    branch: string;
    commit: string;
}

/** Puts the review on its pull request; returns what was done, in a sentence. */
export function post(where: Where, text: string): Promise<string>;
