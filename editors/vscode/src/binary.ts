// Finding the program: knows nothing of VS Code, so that tests need none.

import * as fs from "node:fs";
import * as path from "node:path";

/** Where to look. */
export interface Places {
  /** What the user's settings name. */
  configured: string;
  /** The folders of the workspace; none, if it is not trusted. */
  folders: string[];
  /** The environment. */
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
}

const isFile = (file: string): boolean => {
  try {
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
};

/** The hfscan to run: the configured one, that of a virtual environment, or the one on the path. */
export function find({ configured, folders, env, platform }: Places): string | undefined {
  const windows = platform === "win32";
  const name = windows ? "hfscan.exe" : "hfscan";
  if (configured !== "") {
    const home = env["HOME"] ?? env["USERPROFILE"] ?? "";
    const file = configured.replace(/^~(?=[/\\])/, home);
    // A name alone is looked for on the path.
    return path.basename(file) === file ? onPath(windows ? `${file.replace(/\.exe$/, "")}.exe` : file, env, windows) : isFile(file) ? file : undefined;
  }
  for (const folder of folders) {
    const file = path.join(folder, ".venv", windows ? "Scripts" : "bin", name);
    if (isFile(file)) {
      return file;
    }
  }
  return onPath(name, env, windows);
}

function onPath(name: string, env: NodeJS.ProcessEnv, windows: boolean): string | undefined {
  const folders = (env["PATH"] ?? env["Path"] ?? "").split(windows ? ";" : ":");
  // What lies in the folder that the editor was started in is nobody's choice.
  return folders.filter((folder) => path.isAbsolute(folder)).map((folder) => path.join(folder, name)).find(isFile);
}
