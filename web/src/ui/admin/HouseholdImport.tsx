/** For administrators: what the accounts of a Jellyfin watched is brought for users here, who take it themselves. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { users } from "~/api/accounts";
import { type Place, useBringForUsers, useJellyfinAccounts } from "~/api/imports";
import { t } from "~/lib/strings";
import { FormError } from "~/ui/account/AuthPage";
import { Button } from "~/ui/Button";
import { Card, SelectField, TextField } from "~/ui/Field";
import { More, Spinner, Waiting } from "~/ui/states";

type Account = { id: string; name: string };

type ChooseProps = { place: Place; accounts: Account[]; onDone: (users: number) => void };

function Choose({ place, accounts, onDone }: ChooseProps) {
  const list = useInfiniteQuery(users);
  const bring = useBringForUsers();
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const known = list.data ?? [];
  /** Whoever has the same name here, until somebody else is chosen. */
  const userOf = ({ id, name }: Account) =>
    chosen[id] ?? known.find((user) => user.username.toLowerCase() === name.toLowerCase())?.id ?? "";
  const options = Object.fromEntries([
    ["", t.imports.nobody],
    ...known.map((user) => [user.id, user.username] as const),
  ]);
  const pairs = accounts
    .map((account) => ({ account: account.id, user: userOf(account) }))
    .filter(({ user }) => user);
  const start = () =>
    bring.mutate({ ...place, accounts: pairs }, { onSuccess: ({ items }) => onDone(items.length) });
  return (
    <div className="mt-5 flex flex-col gap-4">
      <Waiting query={list} />
      {accounts.map((account) => (
        <SelectField
          key={account.id}
          label={account.name}
          value={userOf(account)}
          options={options}
          onChange={(user) => setChosen({ ...chosen, [account.id]: user })}
        />
      ))}
      <More query={list} />
      <FormError error={bring.error} />
      <Button
        className="self-start"
        disabled={pairs.length === 0 || bring.isPending}
        onClick={start}
        data-testid="household-bring"
      >
        {t.imports.bringFor(pairs.length)}
      </Button>
      {bring.isPending && <Spinner />}
    </div>
  );
}

export function HouseholdImport() {
  const ask = useJellyfinAccounts();
  const [place, setPlace] = useState<Place>();
  const [brought, setBrought] = useState(0);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const asked = { url: String(data.get("url")).trim(), token: String(data.get("token")).trim() };
    ask.mutate(asked, { onSuccess: () => setPlace(asked) });
  };
  const done = (users: number) => {
    setPlace(undefined);
    setBrought(users);
  };
  return (
    <Card title={t.imports.household}>
      <p className="-mt-3 mb-5 text-sm text-muted text-pretty">{t.imports.householdHint}</p>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField label={t.imports.url} name="url" placeholder="http://192.168.1.2:8096" required />
        <TextField
          label={t.imports.key}
          hint={t.imports.keyHint}
          name="token"
          type="password"
          autoComplete="off"
          required
        />
        <FormError error={ask.error} />
        <Button
          type="submit"
          look="soft"
          className="self-start"
          disabled={ask.isPending}
          data-testid="household-accounts"
        >
          {t.imports.accounts}
        </Button>
        {ask.isPending && <Spinner />}
      </form>
      {place && ask.data && <Choose place={place} accounts={ask.data.items} onDone={done} />}
      {!place && brought > 0 && (
        <p role="status" className="mt-5 font-semibold" data-testid="household-done">
          {t.imports.broughtFor(brought)}
        </p>
      )}
    </Card>
  );
}
