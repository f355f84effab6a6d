export const Info = () => <p>info</p>;
