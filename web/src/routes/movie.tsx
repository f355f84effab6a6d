export const MoviePage = () => <p>movie</p>;
