/** The permissions of the server, and the sets of them that are usually given. Pure. */
export const permissions = [
  "core.read",
  "core.play",
  "core.write",
  "users.read",
  "users.write",
  "users.delete",
  "apikeys.read",
  "apikeys.write",
  "scanner.trigger",
  "scanner.guess",
  "scanner.search",
  "scanner.add",
] as const;

export const roles = {
  viewer: ["core.read", "core.play"],
  editor: [
    "core.read",
    "core.play",
    "core.write",
    "scanner.trigger",
    "scanner.guess",
    "scanner.search",
    "scanner.add",
  ],
  administrator: permissions,
} as const satisfies Record<string, readonly string[]>;

export type Role = keyof typeof roles;

/** The role whose permissions these are, or null. */
export function roleOf(held: readonly string[]): Role | null {
  const names = Object.keys(roles) as Role[];
  const same = (role: readonly string[]) =>
    role.length === new Set(held).size && role.every((permission) => held.includes(permission));
  return names.find((name) => same(roles[name])) ?? null;
}

/** All to choose from: the known ones, and those somebody holds that this client has never heard of. */
export const choices = (...held: (readonly string[])[]): string[] => [
  ...new Set([...permissions, ...held.flat().toSorted()]),
];
