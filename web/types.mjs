/** `npm run types DOCUMENTS FOLDER`: writes the schemas of each document, `{name: {title, schemas}}`, as TypeScript. */
import { readFileSync, writeFileSync } from "node:fs";
import { compile } from "json-schema-to-typescript";

const [documents, folder] = process.argv.slice(2);
// The root of a compiled schema must have a name and a type; neither is of use here.
const root = "RootOfAllTypes";

for (const [name, { title, schemas }] of Object.entries(JSON.parse(readFileSync(documents, "utf8")))) {
  const code = await compile({ definitions: schemas }, root, {
    additionalProperties: false,
    bannerComment: `/** ${title} Made by \`make types\`. */`,
    ignoreMinAndMaxItems: true,
    style: { printWidth: 110 },
    unreachableDefinitions: true,
  });
  const types = code
    .replace(new RegExp(`export interface ${root} {[^}]*}\\n`), "")
    // Which definition a type was made of is its name.
    .replace(/(\/\*\*\n| \*\n) \* This interface was referenced by [^/]*?\n \*\/\n/g, (_, before) =>
      before.startsWith("/**") ? "" : " */\n",
    );
  writeFileSync(`${folder}/${name}.ts`, types.replace(/\n{3,}/g, "\n\n"));
}
