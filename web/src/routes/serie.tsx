export const SeriePage = () => <p>serie</p>;
