namespace DeepDigits;

/// <summary>A data file or a data set is not there. The message says where it was looked for and how to get it.</summary>
public sealed class DataMissingException(string message) : Exception(message);
