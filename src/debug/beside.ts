/** The path or URI of a file that another one names. */
export function beside(pathOrUri: string, name: string): string {
  if (/^([a-zA-Z][\w+.-]*:|[\\/])/.test(name)) return name;
  return pathOrUri.replace(/[^\\/]*$/, '') + name;
}
