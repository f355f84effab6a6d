export const Settings = () => <p>settings</p>;
