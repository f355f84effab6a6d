export const Watch = () => <p>watch</p>;
