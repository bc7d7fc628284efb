/** What the system says about a file, for a person. */
const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'reading it is not permitted; check its rights',
  EPERM: 'that is not permitted; check its rights',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'a part of its path is not a folder',
  ELOOP: 'symbolic links lead back to themselves',
  EMFILE: 'too many files are open',
  ENOSPC: 'the disk is full',
  EROFS: 'it is on a read-only file system',
};

/** Why the system refused a file, in words. */
export function fileProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return FILE_PROBLEMS[code ?? ''] ?? message;
}
