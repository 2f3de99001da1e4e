export interface Distribution {
    names: string[];
    version: number;
}

export interface Facts {
    platform: string;
    system: string;
    distribution: Distribution;
    root: boolean;
    throwaway: boolean;
    pip: string[] | undefined;
    aptGet: boolean;
}

export function machineFacts(env: NodeJS.ProcessEnv): Facts;
export function distributionOf(osRelease: string): Distribution;
