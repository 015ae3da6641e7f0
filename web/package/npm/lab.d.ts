/** A line of the table of experiments. */
export interface Entry {
  id: string;
  title: string;
  room: string;
}

/** A number or a choice that a run takes. */
export type Parameter =
  | { kind: "real"; name: string; unit: string; description: string; minimum: number; maximum: number; default: number | null }
  | { kind: "choice"; name: string; unit: string; description: string; options: string[]; default: number };

/** An experiment as data. */
export interface Experiment extends Entry {
  summary: string;
  citation: string;
  /** What one step is. */
  step: string;
  steps: { minimum: number; maximum: number; default: number };
  /** Who is compared, in the order of the digest. */
  contenders: string[];
  parameters: Parameter[];
  metrics: { name: string; unit: string; description: string }[];
}

/** One contender's metrics after so many steps; `null` where there is no value yet. */
export interface Sample {
  t: number;
  contender: string;
  values: Record<string, number | null>;
}

export interface RunOptions {
  /** 0 to 4294967295. Default 1. */
  seed?: number;
  /** Default: the experiment's. */
  steps?: number;
  /** Parameters that differ from their defaults. */
  params?: Record<string, number | string>;
  /** A sample every so many steps. Default: at most 600 samples a contender. */
  every?: number;
  onSample?: (sample: Sample) => void;
  /** Ends the run. */
  signal?: AbortSignal;
}

export interface RunResult {
  id: string;
  seed: number;
  steps: number;
  /** 16 hexadecimal digits: those of the command line and of every board for the same run. */
  digest: string;
  /** Each contender's metrics at the end. */
  summary: Record<string, Record<string, number | null>>;
}

/** Where the folder `lab` of this package lies, when it is not beside this script. */
export declare function setBase(url: string | URL): void;
/** The experiments that there are. */
export declare function experiments(): Promise<Entry[]>;
/** What an experiment is. */
export declare function describe(id: string): Promise<Experiment>;
/** Runs an experiment in a worker. */
export declare function run(id: string, options?: RunOptions): Promise<RunResult>;
