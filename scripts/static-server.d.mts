export interface ServeOptions {
  port?: number;
  /** Starts and ends with a slash. */
  prefix?: string;
  host?: string;
}

export interface Served {
  address: string;
  close(): Promise<void>;
}

export function fileFor(folder: string, path: string): string | null;
export function serveFolder(folder: string, options?: ServeOptions): Promise<Served>;
