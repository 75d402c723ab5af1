/** As much of VS Code's API as the tree of checkpoints uses, for tests in plain Node. */

export enum TreeItemCollapsibleState {
  None,
  Collapsed,
  Expanded,
}

export class TreeItem {
  constructor(
    readonly label: string,
    readonly collapsibleState: TreeItemCollapsibleState,
  ) {}
}

export class Uri {
  private constructor(
    readonly scheme: string,
    readonly path: string,
    readonly query: string,
  ) {}

  static from(it: { scheme: string; path: string; query?: string }): Uri {
    return new Uri(it.scheme, it.path, it.query ?? "");
  }

  static file(path: string): Uri {
    return new Uri("file", path, "");
  }

  static joinPath(base: Uri, path: string): Uri {
    return new Uri(base.scheme, `${base.path}/${path}`, base.query);
  }

  get fsPath(): string {
    return this.path;
  }

  toString(): string {
    return `${this.scheme}:${this.path}${this.query ? `?${this.query}` : ""}`;
  }
}

const nothing = { dispose: () => undefined };

export class EventEmitter<T> {
  private readonly heard: ((it: T) => void)[] = [];
  readonly event = (hear: (it: T) => void): typeof nothing => {
    this.heard.push(hear);
    return nothing;
  };

  fire(it: T): void {
    for (const hear of this.heard) hear(it);
  }

  dispose(): void {
    this.heard.length = 0;
  }
}

/** Every command that was run, with its arguments. */
export const ran: [string, ...unknown[]][] = [];
/** What commands of the server give; an error is thrown. */
export const answers = new Map<string, unknown>();
/** Errors that were shown. */
export const errors: string[] = [];

export const commands = {
  executeCommand: async (name: string, ...rest: unknown[]): Promise<unknown> => {
    ran.push([name, ...rest]);
    const answer = answers.get(name);
    if (answer instanceof Error) throw answer;
    return answer;
  },
};

export const window = {
  registerTreeDataProvider: () => nothing,
  showErrorMessage: async (message: string) => {
    errors.push(message);
  },
};

/** Fires when the catalog is written. */
export const written = new EventEmitter<undefined>();

export const workspace = {
  workspaceFolders: [{ uri: Uri.file("/w") }],
  registerTextDocumentContentProvider: () => nothing,
  createFileSystemWatcher: () => ({
    onDidChange: written.event,
    onDidCreate: written.event,
    ...nothing,
  }),
};
